/** Headers and tags as SES takes them. */
export const namesAndValues = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([Name, Value]) => ({ Name, Value }))
