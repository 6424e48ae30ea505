import type { SessionAccount, SessionAccounts, SessionEntries } from '../../../shared/ports/session-members.ts'
import { sampleEntry } from '../samples.ts'
import { knownShard } from './known-shard.ts'

/** Entries and accounts of sessions, in index order; by default everybody is called Ana Example. */
export const inMemorySessionMembers = () => {
  const entries: { readonly session: string; readonly idNumber: string }[] = []
  const names = new Map<string, Partial<ReturnType<typeof sampleEntry>>>()
  const accounts: (SessionAccount & { readonly session: string })[] = []
  const inShard = <Member extends { session: string; idNumber: string }>(
    all: Member[],
    session: string,
    shard: number,
  ) =>
    all
      .filter((member) => member.session === session && knownShard(member.idNumber) === shard)
      .toSorted((a, b) => (a.idNumber < b.idNumber ? -1 : 1))
  const sessionEntries: SessionEntries = {
    async *inShard(session, shard) {
      for (const { idNumber } of inShard(entries, session, shard))
        yield sampleEntry({ idNumber, ...names.get(idNumber) })
    },
  }
  const sessionAccounts: SessionAccounts = {
    async *inShard(session, shard) {
      yield* inShard(accounts, session, shard)
    },
    async pageAfter(session, shard, after, limit) {
      const rest = inShard(accounts, session, shard).filter(({ idNumber }) => idNumber > after)
      return { accounts: rest.slice(0, limit), isLast: rest.length <= limit }
    },
  }
  return { entries, names, accounts, sessionEntries, sessionAccounts }
}
