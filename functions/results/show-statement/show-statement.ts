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
 * Prints the result that the results page shows at this instant, in the candidate's language. Otherwise there is no statement,
 * and the refusal does not reveal why: the same reads are made for a session that is somebody else's (R50).
 */
export const showStatement =
  ({ listResults, centres, print }: ShowStatementPorts): ShowStatement =>
  async (account, session) => {
    const listed = await listResults(account)
    const { entry, result } = listed.find((one) => one.entry.session === session) ?? {}
    if (!entry || !result || !('version' in result)) return { outcome: 'no-such-result' }
    const centre = await centres.find(entry.centreNumber)
    const statement = { entry, result, ...(centre && { centreName: centre.name }) }
    return { outcome: 'printed', pdf: await print(statement, account.language) }
  }
