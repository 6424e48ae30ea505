/** Headers as SES takes them. */
export const headersOf = (headers: Readonly<Record<string, string>>) =>
  Object.entries(headers).map(([Name, Value]) => ({ Name, Value }))

/** Tags as SES takes them. */
export const tagsOf = headersOf
