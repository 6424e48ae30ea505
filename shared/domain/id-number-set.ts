/** ID numbers of the accepted form, and whether one was there before. */
export interface IdNumberSet {
  /** False if it was in the set already. */
  add(idNumber: string): boolean
}

/** Characters of one half: 37^6 fits into 32 bits. */
const half = 6

/**
 * A set that holds a million ID numbers in 16 MiB: an ID number is 6 to 12 of 36 characters, which is exactly a pair of
 * 32-bit numbers, kept side by side in a table that is never more than half full.
 */
export const idNumberSet = (): IdNumberSet => {
  let slots = new Uint32Array(2 * 1024)
  let count = 0

  /** Where the pair stands, or the free slot where it belongs. No first half is 0, so 0 means free. */
  const slotOf = (high: number, low: number): number => {
    const mask = slots.length / 2 - 1
    let slot = mixed(high, low) & mask
    while (slots[2 * slot] !== 0 && (slots[2 * slot] !== high || slots[2 * slot + 1] !== low)) slot = (slot + 1) & mask
    return 2 * slot
  }
  const grow = () => {
    const former = slots
    slots = new Uint32Array(2 * former.length)
    for (let at = 0; at < former.length; at += 2) {
      const [high = 0, low = 0] = [former[at], former[at + 1]]
      if (high !== 0) slots.set([high, low], slotOf(high, low))
    }
  }

  return {
    add(idNumber) {
      const [high, low] = [numberOf(idNumber, 0), numberOf(idNumber, half)]
      const at = slotOf(high, low)
      if (slots[at] !== 0) return false
      slots[at] = high
      slots[at + 1] = low
      if (4 * ++count > slots.length) grow()
      return true
    },
  }
}

const numberOf = (idNumber: string, from: number): number => {
  let number = 0
  for (let at = from; at < from + half; at++) number = number * 37 + digitOf(idNumber.charCodeAt(at))
  return number
}

/** 0 where the ID number has ended, 1 to 10 for digits, 11 to 36 for capitals. */
const digitOf = (code: number): number => {
  if (Number.isNaN(code)) return 0
  return code < 58 ? code - 47 : code - 54
}

const mixed = (high: number, low: number): number => {
  let hash = Math.imul(high ^ Math.imul(low, 0x9e3779b1), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35)
  return (hash ^ (hash >>> 13)) >>> 0
}
