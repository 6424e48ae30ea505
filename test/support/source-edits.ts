import { readFile } from 'node:fs/promises'
import type { Plugin } from 'esbuild'

/** An edit that breaks otherwise correct code (a mutant). */
export interface Edit {
  readonly file: string
  /** Must occur in the file exactly once. */
  readonly right: string
  readonly wrong: string
}

/** An esbuild plugin that applies the edits; fails if the code to be edited is missing or ambiguous. */
export const applyingEdits = (edits: readonly Edit[]): Plugin => ({
  name: 'break-one-thing',
  setup({ onLoad, onEnd }) {
    const open = new Set(edits)
    onLoad({ filter: /\/(shared|functions)\/.*\.ts$/ }, async ({ path }) => {
      const mine = edits.filter(({ file }) => path.endsWith(file))
      if (mine.length === 0) return undefined
      let contents = await readFile(path, 'utf8')
      for (const edit of mine) {
        if (contents.split(edit.right).length !== 2) {
          throw new Error(`${edit.file} no longer has, or has more than once: ${edit.right}`)
        }
        contents = contents.replace(edit.right, () => edit.wrong)
        open.delete(edit)
      }
      return { contents, loader: 'ts' }
    })
    onEnd(() => {
      if (open.size > 0) throw new Error(`not part of this bundle: ${[...open].map(({ file }) => file).join()}`)
    })
  },
})
