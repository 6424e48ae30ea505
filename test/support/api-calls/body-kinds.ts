import * as fc from 'fast-check'
import { maximumBodyBytes } from '../../../shared/contracts/http.ts'
import type { FieldCode } from '../../../shared/contracts/problems.ts'
import type { Expectation } from './api-call.ts'
import type { CallKind, MakeCalls } from './call-kind.ts'
import type { Example } from './examples.ts'
import {
  anyText,
  asSpare,
  type BodyField,
  becomesOf,
  type DescribedOperation,
  type Member,
  membersOf,
  objectText,
  requestFor,
  rightValue,
  textsIn,
  wrongValue,
} from './requests.ts'

const malformed: Expectation = { becomes: 'refused', codes: ['malformed-request'] }
const wrongTypeCodes: readonly FieldCode[] = ['not-a-string', 'not-a-boolean', 'not-in-list']

/** The example's call with this text as its body. */
const withBody = (operation: DescribedOperation, example: Example, body: string, expected: Expectation) => {
  const request = requestFor(operation, expected.becomes === 'anything' ? asSpare(example) : example)
  return {
    request: { ...request, headers: { ...request.headers, 'content-type': 'application/json' }, body },
    expected,
    values: textsIn(body),
  }
}

/** The members with this value added or replaced. */
const replaced = (members: readonly Member[], name: string, value: string): Member[] => [
  ...members.filter((member) => member[0] !== name),
  [name, value],
]

/** For operations with a body: the example's body with one of the matching fields changed. */
const bodyKind =
  (
    make: (
      operation: DescribedOperation,
      members: Member[],
      field: BodyField,
      example: Example,
    ) => fc.Arbitrary<[string, Expectation]>,
    isSuch: (field: BodyField) => boolean = () => true,
  ): MakeCalls =>
  (operation, examples) =>
    operation.fields.some(isSuch)
      ? fc
          .tuple(examples, fc.constantFrom(...operation.fields.filter(isSuch)))
          .chain(([example, field]) =>
            make(operation, membersOf(example.body), field, example).map(([body, expected]) =>
              withBody(operation, example, body, expected),
            ),
          )
      : undefined

const prototypeNames = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '__defineGetter__',
] as const

/** Kinds of calls that vary the body. */
export const bodyKinds: readonly CallKind[] = [
  {
    kind: 'of the right types, with any values',
    share: 6,
    make: bodyKind(({ fields }) =>
      fc
        .tuple(...fields.map(({ name, schema }) => rightValue(schema).map((value): Member => [name, value])))
        .map((members) => [objectText(members), { becomes: 'anything' }]),
    ),
  },
  {
    kind: 'a field missing',
    share: 12,
    make: bodyKind(
      (_, members, { name }) =>
        fc
          .subarray(members.filter(([other]) => other !== name))
          .map((some) => [objectText(some), { becomes: 'field-refused', path: name, codes: ['required'] }]),
      ({ required }) => required,
    ),
  },
  {
    kind: 'an unknown field',
    share: 10,
    make: bodyKind(({ fields }, members) =>
      fc
        .tuple(fc.stringMatching(/^[ -~]{1,64}$/), anyText, fc.nat(members.length))
        .filter(
          ([name]) =>
            !fields.some((field) => field.name === name) && !(prototypeNames as readonly string[]).includes(name),
        )
        .map(([name, value, at]) => [
          objectText(members.toSpliced(at, 0, [name, JSON.stringify(value)])),
          { becomes: 'field-refused', path: name, codes: ['unknown-field'] },
        ]),
    ),
  },
  {
    kind: 'a field with a name of every object',
    share: 4,
    make: bodyKind((_, members) =>
      fc
        .tuple(
          fc.constantFrom(...prototypeNames),
          fc.constantFrom('null', '{}', '{"prototype":{}}', '{"admin":true}', '"x"'),
        )
        .map(([name, value]) => [objectText([...members, [name, value]]), malformed]),
    ),
  },
  {
    kind: 'a field of a wrong type',
    share: 14,
    make: bodyKind((_, members, { name, schema }) =>
      wrongValue(schema).map((value) => [
        objectText(replaced(members, name, value)),
        { becomes: 'field-refused', path: name, codes: wrongTypeCodes },
      ]),
    ),
  },
  {
    kind: 'a field twice',
    share: 8,
    make: bodyKind((_, members, { name, schema }) =>
      fc.tuple(rightValue(schema), fc.nat(members.length), fc.boolean()).map(([value, at, spelled]) => {
        const once = members.some(([other]) => other === name) ? members : replaced(members, name, value)
        const again = objectText(once.toSpliced(at, 0, [name, value]))
        // The same name, written with a JSON escape.
        const escaped = `"\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}":`
        return [spelled ? again.replace(`"${name}":`, () => escaped) : again, malformed]
      }),
    ),
  },
  {
    kind: 'nested deeper than five',
    share: 6,
    make: bodyKind((_, members, { name }) =>
      fc
        .tuple(
          fc.oneof(fc.integer({ min: 5, max: 60 }), fc.integer({ min: 60, max: 1_200 })),
          fc.boolean(),
          fc.boolean(),
        )
        .map(([depth, isArray, isWhole]) => {
          const nested = isArray
            ? `${'['.repeat(depth)}${']'.repeat(depth)}`
            : `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
          return [isWhole ? nested : objectText(replaced(members, name, nested)), malformed]
        }),
    ),
  },
  {
    kind: 'larger than 16 KiB',
    share: 4,
    make: bodyKind((_, members, { name }) =>
      fc
        .tuple(fc.constantFrom(1, 2, 1_000, 50_000, 500_000), fc.constantFrom('x', ' ', '\u20ac', '{"a":'))
        .map(([over, filler]) => {
          const wanted = maximumBodyBytes + over
          const filled = objectText(
            replaced(members, name, JSON.stringify(filler.repeat(wanted / Buffer.byteLength(filler)))),
          )
          return [filled.padEnd(wanted), { becomes: 'refused', codes: ['too-large'] }]
        }),
    ),
  },
  {
    kind: 'of exactly 16 KiB',
    share: 1,
    make: bodyKind((_, members, __, example) =>
      fc.constant([objectText(members).padEnd(maximumBodyBytes), becomesOf(example)]),
    ),
  },
  {
    kind: 'no JSON',
    share: 8,
    make: bodyKind((_, members) => {
      const whole = objectText(members)
      return fc
        .oneof(
          fc.integer({ min: 1, max: whole.length - 1 }).map((length) => whole.slice(0, length)),
          fc.constantFrom(
            `${whole},`,
            `${whole}}`,
            `[${whole}`,
            `\ufeff${whole}`,
            // An object without members has no quotes to be changed.
            whole === '{}' ? "{'a':1}" : whole.replaceAll('"', "'"),
            `// a\n${whole}`,
          ),
          fc.constantFrom(
            whole.replace('{', '{,'),
            whole.replace('}', ',}'),
            `${whole}\u0000`,
            `{a:1}`,
            'NaN',
            '01',
            '"\n"',
          ),
          fc.constantFrom('a=1&b=2', '<a/>', '---\na: 1', '%7B%7D', '\u0000', 'undefined', '{"\\u12"}', '"\\x41"'),
        )
        .map((text) => [text, malformed])
    }),
  },
  {
    kind: 'JSON, but no object',
    share: 4,
    make: bodyKind((_, members) =>
      fc
        .constantFrom('null', 'true', '0', '-0', '1e999', '""', '"{}"', '[]', '[null]', `[${objectText(members)}]`)
        .map((text) => [text, malformed]),
    ),
  },
  {
    kind: 'no body, or an empty one',
    share: 3,
    make: bodyKind(() => fc.constantFrom('', ' ', '\r\n', '\t').map((text) => [text, malformed])),
  },
]
