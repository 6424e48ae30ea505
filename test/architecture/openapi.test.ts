import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { breakingChanges } from '../../bin/openapi/breaking-changes.ts'
import { contractFaults, descriptionFile, releasedFile, staleFiles } from '../../bin/openapi/check.ts'
import { describeApi } from '../../bin/openapi/describe.ts'
import { documentForm, type OpenApiDocument, operationsOf } from '../../bin/openapi/document.ts'
import { lint } from '../../bin/openapi/lint.ts'
import { release } from '../../bin/openapi/release.ts'
import { operations } from '../../shared/contracts/http.ts'

/** Plain data that a test can modify. */
interface Bendable {
  [key: string]: Bendable
}
type Bend = (document: Bendable) => void

const bent = (bend: Bend): OpenApiDocument => {
  const document = structuredClone(describeApi())
  bend(document as unknown as Bendable)
  return document
}

/** Sets or, with undefined, removes the value at a path of keys. */
const set =
  (...keys: readonly string[]) =>
  (value?: unknown): Bend =>
  (document) => {
    const last = keys.at(-1) as string
    const holder = keys.slice(0, -1).reduce((within, key) => within[key] as Bendable, document)
    if (value === undefined) delete holder[last]
    else Object.assign(holder, { [last]: value })
  }

const logIn = ['paths', '/api/v1/sessions', 'post'] as const
const logInFields = [...logIn, 'requestBody', 'content', 'application/json', 'schema'] as const
const listResults = ['paths', '/api/v1/me/results', 'get'] as const
const listed = [...listResults, 'responses', '200', 'content', 'application/json', 'schema'] as const
const result = [...listed, 'properties', 'results', 'items'] as const
const refusal = ['content', 'application/problem+json', 'schema'] as const

describe('the description of the API', () => {
  test('matches what the contracts generate, and so does its page', () => {
    expect(staleFiles()).toEqual([])
  })

  test('is valid and complete, and is compatible with the released description', () => {
    expect(contractFaults()).toEqual([])
  })

  test('contains every operation, also after serializing and parsing it', () => {
    const written = parse(readFileSync(descriptionFile, 'utf8'))
    expect(documentForm.safeParse(written).error?.issues).toBeUndefined()
    const ids = Object.values(written.paths as OpenApiDocument['paths']).flatMap((item) =>
      Object.values(item).map((operation) => operation?.operationId),
    )
    expect(ids.toSorted()).toEqual(Object.keys(operations).toSorted())
  })
})

describe('the lint notices', () => {
  test.each<[string, Bend, string]>([
    ['an older OpenAPI', set('openapi')('3.0.3'), 'openapi: '],
    ['a keyword unknown to JSON Schema', set(...logInFields, 'requird')([]), 'paths › /api/v1/sessions'],
    ['a type unknown to JSON Schema', set(...logInFields, 'type')('text'), 'paths › /api/v1/sessions'],
    ['an answer without a description', set(...logIn, 'responses', '201', 'description')(), 'paths › /api/v1/sessions'],
    ['two operations of one name', set(...logIn, 'operationId')('register'), 'operationId register is used twice'],
    [
      'two paths that differ only in a parameter’s name',
      (document) =>
        Object.assign(document.paths as object, {
          '/api/v1/ops/releases/{id}': document.paths?.['/api/v1/ops/releases/{session}'],
        }),
      'get /api/v1/ops/releases/{} cannot be told from another path',
    ],
    ['a schema that is nowhere', set('components', 'schemas', 'Problem')(), 'there is no schema Problem'],
    ['an operation without a summary', set(...logIn, 'summary')(), 'POST /api/v1/sessions: it has no summary'],
    ['a chapter without a word', set('tags')([]), 'POST /api/v1/sessions: nobody says what identity is'],
    [
      'a request field without a word',
      set(...logInFields, 'properties', 'idNumber', 'description')(),
      'POST /api/v1/sessions: nobody says what the field idNumber is',
    ],
    [
      'a parameter of the path that is not declared',
      set('paths', '/api/v1/ops/imports/{importId}', 'get', 'parameters')([]),
      'GET /api/v1/ops/imports/{importId}: the path’s importId is not declared',
    ],
    [
      'a parameter without a word',
      set('paths', '/api/v1/exams', 'get', 'parameters', '0', 'description')(),
      'GET /api/v1/exams: nobody says what the parameter lang is',
    ],
    [
      'a parameter that no path has',
      set('paths', '/api/v1/exams', 'get', 'parameters', '0', 'in')('path'),
      'GET /api/v1/exams: lang must be in the path, and required',
    ],
    [
      'a refusal that is not told',
      set(...logIn, 'responses', '413')(),
      'POST /api/v1/sessions: it does not say what 413 means',
    ],
    [
      'a refusal without its codes',
      set(...logIn, 'responses', '401', ...refusal, 'properties')(),
      'POST /api/v1/sessions: 401 names no problem codes',
    ],
    [
      'a candidate’s route that refuses no stranger',
      set(...listResults, 'responses', '401')(),
      'GET /api/v1/me/results: it does not say what 401 means',
    ],
    [
      'an operation that never succeeds',
      set(...logIn, 'responses', '201')(),
      'POST /api/v1/sessions: it never succeeds',
    ],
    [
      'a way in that nobody explains',
      set('components', 'securitySchemes', 'session')(),
      'GET /api/v1/me: there is no security scheme session',
    ],
  ])('%s', (_, bend, sentence) => {
    expect(lint(bent(bend)).join('\n')).toContain(sentence)
  })
})

describe('a release of some operations', () => {
  const now = describeApi()
  const before = bent((document) => {
    set(...logIn)()(document)
    set(...listed, 'properties', 'results')()(document)
  })

  test('updates these to their current version and leaves the others as released', () => {
    const released = release(before, now, ['logIn'])
    expect(released.paths['/api/v1/sessions']).toEqual(now.paths['/api/v1/sessions'])
    expect(released.paths['/api/v1/me/results']).toEqual(before.paths['/api/v1/me/results'])
    expect(released.paths['/api/v1/me/results']).not.toEqual(now.paths['/api/v1/me/results'])
  })

  test('takes all if none is named, and rejects unknown names', () => {
    expect(release(before, now, [])).toEqual(now)
    expect(release(undefined, now, ['logIn'])).toEqual(now)
    expect(() => release(before, now, ['logOn'])).toThrow('there is no operation logOn')
  })

  test('contains the account operations of candidates, so that they cannot be broken by accident', () => {
    const released = parse(readFileSync(releasedFile, 'utf8')) as OpenApiDocument
    const ids = new Set(operationsOf(released).map(({ operation }) => operation.operationId))
    const identity = Object.entries(operations).filter(([, { function: name }]) => name.startsWith('identity/'))
    expect(identity.map(([id]) => id).filter((id) => !ids.has(id))).toEqual([])
  })
})

describe('the check for breaking changes', () => {
  const released = describeApi()
  const changes = (bend: Bend) => breakingChanges(released, bent(bend))

  test.each<[string, Bend, string]>([
    ['a path that is gone', set('paths', '/api/v1/me')(), 'GET /api/v1/me is gone, with its path'],
    [
      'a method that is gone',
      (document) => {
        const item = document.paths?.['/api/v1/sessions'] as Bendable
        Object.assign(item, { put: item.post })
        delete item.post
      },
      'POST /api/v1/sessions is gone',
    ],
    ['a status that is gone', set(...logIn, 'responses', '423')(), 'POST /api/v1/sessions: status 423 is gone'],
    [
      'a field of an answer that is gone',
      set(...result, 'properties', 'grade')(),
      'GET /api/v1/me/results: answer 200, results, each: the field grade is gone',
    ],
    [
      'a field of an answer that may now be missing',
      set(...result, 'required')(['session']),
      'answer 200, results, each: the field exam may now be missing',
    ],
    [
      'a field of a request that is gone',
      set(...logInFields, 'properties', 'password')(),
      'POST /api/v1/sessions: request: the field password is gone',
    ],
    [
      'a new field that requests must have',
      set(...logInFields, 'required')(['idNumber', 'password', 'captcha']),
      'POST /api/v1/sessions: request: the field captcha is now required',
    ],
    [
      'another type',
      set(...result, 'properties', 'overallScore', 'type')('string'),
      'overallScore: type was number and is now string',
    ],
    [
      'another format',
      set(...result, 'properties', 'dateTaken', 'format')('date-time'),
      'dateTaken: format was date and is now date-time',
    ],
    [
      'a value less to choose from',
      set(...result, 'properties', 'mode', 'enum')(['paper']),
      'mode: the value digital is gone',
    ],
    [
      'a free text that became a choice',
      set(...logInFields, 'properties', 'idNumber', 'enum')(['A']),
      'idNumber: only some values are left',
    ],
    [
      'a code that is gone',
      set(...logIn, 'responses', '423', ...refusal, 'properties', 'code', 'enum')(['locked']),
      'the value account-locked is gone',
    ],
    [
      'a shorter text to send',
      set(...logInFields, 'properties', 'idNumber', 'maxLength')(5),
      'idNumber: maxLength is now 5',
    ],
    [
      'another content type',
      set(...logIn, 'responses', '201', 'content')({}),
      'answer 201 is no longer application/json',
    ],
    [
      'a body where none was needed',
      set(...listResults, 'requestBody')({ required: true, content: {} }),
      'GET /api/v1/me/results: a request body is now required',
    ],
    [
      'a door that needs a key now',
      set(...logIn, 'security')([{ session: [] }]),
      'POST /api/v1/sessions: callers now need session',
    ],
    [
      'a query parameter that must be there now',
      set('paths', '/api/v1/exams', 'get', 'parameters', '0', 'required')(true),
      'GET /api/v1/exams: the query parameter lang is now required',
    ],
    [
      'a query parameter that is gone',
      set('paths', '/api/v1/exams', 'get', 'parameters')([]),
      'GET /api/v1/exams: the query parameter lang is gone',
    ],
  ])('notices %s', (_, bend, sentence) => {
    expect(changes(bend).join('\n')).toContain(sentence)
  })

  test.each<[string, Bend]>([
    ['a new path', set('paths', '/api/v1/new')({ get: { operationId: 'x', tags: [], security: [], responses: {} } })],
    ['a new field that requests may have', set(...logInFields, 'properties', 'captcha')({ type: 'string' })],
    ['a new field in an answer', set(...result, 'properties', 'certificate')({ type: 'string' })],
    ['a field of a request that may now be missing', set(...logInFields, 'required')(['idNumber'])],
    ['a new status of a result', set(...result, 'properties', 'mode', 'enum')(['paper', 'digital', 'oral'])],
    ['a new refusal', set(...logIn, 'responses', '409')({ description: 'x' })],
    [
      'another word for a parameter of the path',
      (document) => {
        const paths = document.paths as Bendable
        paths['/api/v1/ops/releases/{name}'] = paths['/api/v1/ops/releases/{session}'] as Bendable
        delete paths['/api/v1/ops/releases/{session}']
      },
    ],
    ['other words', set('info', 'description')('New.')],
  ])('lets pass %s', (_, bend) => {
    expect(changes(bend)).toEqual([])
  })
})
