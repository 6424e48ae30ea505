/** Twelve classes of input for an ID number without account. */
export const unregisteredIds: Readonly<Record<string, string>> = {
  'an ID that nobody has': 'NOBODY12',
  'one in small letters with spaces': ' nobody 34',
  'one that is too short': 'A1',
  'one that is too long': 'A1'.repeat(40),
  'an email address': 'ana@example.org',
  nothing: '',
  'a line of SQL': "' OR 1=1 --",
  'other letters': 'ÄÖÜßéñ漢字',
  'a picture': '\u{1F512}\u{1F512}\u{1F512}',
  'half a character': '\uD800ABCDEF',
  'control characters': 'ABC\u0000\r\n123',
  'a thousand characters': 'ß'.repeat(1024),
}
