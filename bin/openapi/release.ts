import { type OpenApiDocument, operationsOf } from './document.ts'

/**
 * The released description with the current version of these operations (of all, if none is named) and the released
 * version of the others. Throws on an unknown operation.
 */
export const release = (
  released: OpenApiDocument | undefined,
  now: OpenApiDocument,
  operationIds: readonly string[],
): OpenApiDocument => {
  if (!released || operationIds.length === 0) return now
  const all = operationsOf(now)
  const paths: Record<string, object> = { ...released.paths }
  for (const operationId of operationIds) {
    const found = all.find(({ operation }) => operation.operationId === operationId)
    if (!found) throw new Error(`there is no operation ${operationId}`)
    paths[found.path] = { ...paths[found.path], [found.method]: found.operation }
  }
  return { ...now, paths: paths as OpenApiDocument['paths'] }
}
