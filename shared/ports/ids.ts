/** Generates unguessable, unique identifiers (128 random bits or more) of `[a-z0-9-]`. */
export type NewId = () => string
