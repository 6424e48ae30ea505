import { randomUUID } from 'node:crypto'
import type { NewId } from '../../ports/ids.ts'

/** RFC 9562 version 4. */
export const randomIds: NewId = () => randomUUID()
