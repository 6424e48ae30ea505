/** The passwords that attackers try first. */
export interface CommonPasswords {
  /** The text in lower case. */
  has(lowerCased: string): boolean
}
