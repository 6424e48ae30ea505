import { toEnvironment } from '../../shared/contracts/expected-results.ts'
import { type AnsweringFunctions } from '../constructs/http-routes.ts'
import { serviceFunction } from '../constructs/service-function.ts'
import { type ApiParts, allowSecrets } from './api-parts.ts'
import { readsOwnResults } from './results-functions.ts'

/** Registration, sessions, and everything a candidate does with an account. */
export const identityFunctions = ({ stack, parts, data, siteUrl: SITE_URL, originSecret: ORIGIN_SECRET }: ApiParts) => {
  const { guardKey, secretNumberKey } = data
  const passesGate = { GUARD_KEY_SECRET: guardKey.secretArn, ORIGIN_SECRET, SITE_URL }
  const choosesPassword = { ...passesGate, SECRET_NUMBER_KEY_SECRET: secretNumberKey.secretArn }
  const register = serviceFunction(stack, 'identity/register', parts, {
    tables: {
      entries: ['ConditionCheckItem', 'GetItem'],
      accounts: ['PutItem'],
      'sign-in-guards': ['UpdateItem'],
      outbox: ['PutItem'],
    },
    environment: choosesPassword,
    whenFailing: 'Nobody can register.',
    memory: 1769,
  })
  const logIn = serviceFunction(stack, 'identity/log-in', parts, {
    tables: {
      accounts: ['GetItem'],
      'sign-in-guards': ['UpdateItem'],
      sessions: ['PutItem'],
      outbox: ['PutItem'],
    },
    environment: passesGate,
    whenFailing: 'Nobody can log in.',
    memory: 1769,
  })
  const changePassword = serviceFunction(stack, 'identity/change-password', parts, {
    tables: {
      sessions: ['GetItem', 'UpdateItem'],
      accounts: ['GetItem', 'UpdateItem'],
      entries: ['GetItem'],
      'sign-in-guards': ['UpdateItem'],
      outbox: ['PutItem'],
    },
    environment: choosesPassword,
    whenFailing: 'Candidates who are logged in cannot change their password.',
    memory: 1769,
  })
  const requestReset = serviceFunction(stack, 'identity/request-password-reset', parts, {
    tables: { 'sign-in-guards': ['UpdateItem'], accounts: ['GetItem'], outbox: ['PutItem'] },
    environment: passesGate,
    whenFailing: 'Nobody who has forgotten a password can ask for a new one.',
  })
  const confirmReset = serviceFunction(stack, 'identity/confirm-password-reset', parts, {
    tables: {
      tokens: ['DeleteItem', 'GetItem'],
      accounts: ['GetItem', 'UpdateItem'],
      entries: ['GetItem'],
      'sign-in-guards': ['UpdateItem'],
      outbox: ['PutItem'],
    },
    environment: choosesPassword,
    whenFailing: 'Password-reset links do not work; they stay valid for an hour.',
    memory: 1769,
  })
  const changeEmail = serviceFunction(stack, 'identity/change-email', parts, {
    tables: {
      sessions: ['GetItem', 'UpdateItem'],
      accounts: ['GetItem', 'UpdateItem'],
      'sign-in-guards': ['UpdateItem'],
      outbox: ['PutItem'],
    },
    environment: passesGate,
    whenFailing: 'Candidates who are logged in cannot change their email address.',
    memory: 1769,
  })
  for (const one of [logIn, requestReset, changeEmail]) allowSecrets(one, guardKey)
  for (const one of [register, changePassword, confirmReset]) allowSecrets(one, guardKey, secretNumberKey)
  return {
    'identity/register': register,
    'identity/log-in': logIn,
    'identity/log-out': serviceFunction(stack, 'identity/log-out', parts, {
      tables: { sessions: ['DeleteItem'] },
      environment: { ORIGIN_SECRET, SITE_URL },
      whenFailing: 'Logging out fails; sessions still end by themselves after 30 minutes.',
    }),
    'identity/show-account': serviceFunction(stack, 'identity/show-account', parts, {
      tables: { sessions: ['GetItem', 'UpdateItem'], accounts: ['GetItem'], entries: ['GetItem'] },
      environment: { ORIGIN_SECRET },
      whenFailing: 'Candidates who are logged in do not see their details.',
    }),
    'identity/change-account': serviceFunction(stack, 'identity/change-account', parts, {
      tables: { sessions: ['GetItem', 'UpdateItem'], accounts: ['GetItem', 'UpdateItem'], entries: ['GetItem'] },
      environment: { ORIGIN_SECRET, SITE_URL },
      whenFailing: 'Candidates who are logged in cannot change their details, nor whether they want emails.',
    }),
    'identity/change-password': changePassword,
    'identity/request-password-reset': requestReset,
    'identity/confirm-password-reset': confirmReset,
    'identity/change-email': changeEmail,
    'identity/confirm-email': serviceFunction(stack, 'identity/confirm-email', parts, {
      tables: { tokens: ['DeleteItem', 'GetItem'], accounts: ['GetItem', 'UpdateItem'], outbox: ['PutItem'] },
      environment: { ORIGIN_SECRET, SITE_URL },
      whenFailing: 'New email addresses cannot be confirmed; mail goes to the old ones.',
    }),
    'identity/export-account': serviceFunction(stack, 'identity/export-account', parts, {
      tables: readsOwnResults,
      environment: { ORIGIN_SECRET, ...toEnvironment(parts.stage.expectedResults) },
      whenFailing: 'Candidates who are logged in cannot download what is held about them.',
    }),
  } satisfies Partial<AnsweringFunctions>
}
