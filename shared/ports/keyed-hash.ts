/** HMAC-SHA-256 of the text under a key that the service alone knows, in base64url (43 characters). */
export type KeyedHash = (text: string) => Promise<string>
