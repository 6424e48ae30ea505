/** Makes identifiers that nobody can guess and that never repeat (128 random bits or more), of `[a-z0-9-]`. */
export type NewId = () => string
