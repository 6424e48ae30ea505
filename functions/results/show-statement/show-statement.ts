import type { Account } from '../../../shared/domain/account.ts'
import type { Centres } from '../../../shared/ports/centres.ts'
import type { PrintStatement } from '../../../shared/ports/statement-printer.ts'
import type { ListResults } from '../../../shared/protocols/list-results.ts'

export interface ShowStatementPorts {
  readonly listResults: ListResults
  readonly centres: Pick<Centres, 'find'>
  readonly print: PrintStatement
}

export type ShowStatement = (
  account: Account,
  session: string,
) => Promise<{ readonly outcome: 'printed'; readonly pdf: Uint8Array } | { readonly outcome: 'no-such-result' }>

/**
 * Prints the result that the results page would show at this instant, in the candidate's language. Nothing else has a
 * statement, and what is refused does not tell why: no other reads are made for a session that is somebody else's (R50).
 */
export const showStatement =
  ({ listResults, centres, print }: ShowStatementPorts): ShowStatement =>
  async (account, session) => {
    const listed = await listResults(account)
    const { entry, standing } = listed.find((result) => result.entry.session === session) ?? {}
    if (!entry || !standing || !('version' in standing)) return { outcome: 'no-such-result' }
    const centre = await centres.find(entry.centreNumber)
    const statement = { entry, result: standing, ...(centre && { centreName: centre.name }) }
    return { outcome: 'printed', pdf: await print(statement, account.language) }
  }
