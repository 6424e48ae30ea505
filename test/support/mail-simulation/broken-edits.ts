import type { Edit } from '../source-edits.ts'

const sender = 'functions/mail/send-result-emails/send-result-emails.ts'

/** Broken senders, each a small edit away from the deployed one; the tests must detect every one. */
export const brokenEdits = {
  'marks what it has sent after sending it': [
    { file: sender, right: 'const mine = await open.claim(slices)', wrong: 'const mine = slices' },
  ],
  'leaves the SDK its usual three attempts': [
    { file: 'shared/adapters/ses/client.ts', right: 'maxAttempts: 1,', wrong: '' },
  ],
  'sends again by itself what may have been sent': [
    {
      file: 'functions/mail/send-result-emails/intent.ts',
      right: "return { state: 'unknown', reason: outcome.reason }",
      wrong: "return { state: 'pending' }",
    },
  ],
  'sends without waiting for its turn': [
    { file: sender, right: 'await timer.wait(turn.inMilliseconds)', wrong: 'return undefined' },
  ],
  'goes on while the release is held': [
    { file: sender, right: "if (status === 'not-open') return stop('release-not-open')", wrong: '' },
  ],
  'tells everybody of a correction, whether it changed their result or not': [
    {
      file: 'functions/mail/plan-result-emails/plan-result-emails.ts',
      right: '(correctionId === undefined || visible.sealedFor === correctionId)',
      wrong: 'true',
    },
  ],
  'takes the mails of a correction for those of its release': [
    {
      file: 'functions/mail/plan-result-emails/plan-result-emails.ts',
      right: 'emailScope(correctionId ?? releaseId, lane)',
      wrong: 'emailScope(releaseId, lane)',
    },
  ],
} satisfies Record<string, readonly Edit[]>

export type BrokenEdit = keyof typeof brokenEdits
