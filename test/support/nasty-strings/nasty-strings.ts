import { type RandomNumbers, randomNumbers } from '../../../infra/local/sample-data/random.ts'
import { fragments } from './fragments.ts'

/** Every text of the handwritten list, without duplicates. */
export const handMade: readonly string[] = [...new Set(Object.values(fragments).flat())]

/** Transformations by people, browsers and attackers. */
const twists: readonly ((text: string, other: string, random: RandomNumbers) => string)[] = [
  (text, other) => text + other,
  (text, other) => `${other.slice(0, 20)}${text}${other.slice(20, 40)}`,
  (text) => `ABC12345${text}`,
  (text) => `${text}ABC12345`,
  (text) => `person${text}@example.org`,
  (text) => encodeURIComponent(text.toWellFormed()),
  (text) => encodeURIComponent(encodeURIComponent(text.toWellFormed())),
  (text) => Buffer.from(text).toString('base64'),
  (text) => Array.from(text, (character) => `&#${character.codePointAt(0)};`).join(''),
  (text) => JSON.stringify(text),
  (text) => JSON.stringify(JSON.stringify(text)),
  (text) => Array.from(text, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  (text) => [...text].toReversed().join(''),
  (text) => text.toUpperCase(),
  (text) => text.toLocaleUpperCase('tr'),
  (text) => text.normalize('NFD'),
  (text) => text.normalize('NFKC'),
  (text) => [...text].join('\u200b'),
  (text) => [...text].join('\u0000'),
  (text) => `\u202e${text}\u202c`,
  (text) => `${text}\u0000.csv`,
  (text) => `"${text}"`,
  (text) => `'${text}'`,
  (text) => `{{${text}}}`,
  (text) => `$\{${text}}`,
  (text, _, random) => text.repeat(random.between(2, 12)),
  (text, _, random) => text.slice(0, random.between(0, text.length)),
  (text, _, random) => `${text}${String.fromCodePoint(random.between(0x20, 0xd7ff))}`,
]

/** The Unicode blocks of random texts; the last one is all of Unicode, including lone surrogates. */
const blocks = [
  [0x00, 0x1f],
  [0x80, 0xff],
  [0x300, 0x36f],
  [0x400, 0x4ff],
  [0x590, 0x6ff],
  [0x2000, 0x206f],
  [0xac00, 0xd7a3],
  [0xd800, 0xdfff],
  [0xfe00, 0xffff],
  [0x1f000, 0x1faff],
  [0, 0x10ffff],
] as const

const randomText = (random: RandomNumbers): string => {
  const [from, to] = random.pick(blocks)
  return Array.from({ length: random.between(1, 40) }, () => String.fromCodePoint(random.between(from, to))).join('')
}

/** Longer ones would be refused for their size before they are processed. */
const longest = 10_000

const twisted = (random: RandomNumbers): string => {
  const text = random.between(0, 9) === 0 ? randomText(random) : random.pick(handMade)
  const once = random.pick(twists)(text, random.pick(handMade), random)
  return random.between(0, 2) === 0 ? random.pick(twists)(once, random.pick(handMade), random) : once
}

/** So many distinct strings, the same on every machine: the handwritten list, then variations of it and random texts. */
export const nastyStrings = (count: number): string[] => {
  const random = randomNumbers(20_261_122)
  const all = new Set(handMade)
  while (all.size < count) {
    const text = twisted(random)
    if (Buffer.byteLength(JSON.stringify(text)) <= longest) all.add(text)
  }
  return [...all].slice(0, count)
}
