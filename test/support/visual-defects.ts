import type { Page } from 'playwright-core'

/** The visual defects of a rendered page: clipped, unreadable or low-contrast text; empty if there are none. */
export const visualDefects = async (page: Page): Promise<string[]> => {
  const { width, boxes, texts } = await page.evaluate<Measured>(measure)
  return [
    ...boxes.map(({ tag, by }) => `<${tag}> is ${by}px too small for what is in it`),
    ...texts.flatMap((text) => faultsOf(text, width)),
    ...(texts.length === 0 ? ['there is no text'] : []),
  ]
}

/** Minimum contrast of text (WCAG 2.2, 1.4.3). */
const leastContrast = 4.5
/** Minimum font size for children on telephones, in px. */
const smallest = 15

interface Measured {
  readonly width: number
  /** Elements whose content overflows. */
  readonly boxes: readonly { readonly tag: string; readonly by: number }[]
  readonly texts: readonly Text[]
}

interface Text {
  readonly text: string
  readonly left: number
  readonly right: number
  readonly size: number
  readonly color: string
  /** Of the nearest element that has one. */
  readonly ground: string
}

/** Runs in the page, so it cannot use anything from this file. */
const measure = `(() => {
  const root = document.documentElement
  const isClear = (color) => color === 'transparent' || /, 0\\)$/.test(color)
  const groundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at)
      if (!isClear(backgroundColor)) return backgroundColor
    }
    return 'none'
  }
  const boxes = [root, ...document.body.querySelectorAll('*')]
    .filter((element) => getComputedStyle(element).display !== 'inline')
    .map((element) => {
      const clips = getComputedStyle(element).overflowY !== 'visible'
      const by = Math.max(element.scrollWidth - element.clientWidth, clips ? element.scrollHeight - element.clientHeight : 0)
      return { tag: element.tagName.toLowerCase(), by }
    })
    .filter(({ tag, by }) => by > 1 && tag !== 'hr')
  const texts = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const node = walker.currentNode
    if (node.data.trim() === '') continue
    const range = document.createRange()
    range.selectNodeContents(node)
    const rects = [...range.getClientRects()]
    const style = getComputedStyle(node.parentElement)
    texts.push({
      text: node.data.trim().slice(0, 40),
      left: Math.min(...rects.map(({ left }) => left)),
      right: Math.max(...rects.map(({ right }) => right)),
      size: parseFloat(style.fontSize),
      color: style.color,
      ground: groundOf(node.parentElement),
    })
  }
  return { width: root.clientWidth, boxes, texts }
})()`

const faultsOf = ({ text, left, right, size, color, ground }: Text, width: number): string[] => {
  // Written so that a value that could not be measured (NaN) is a defect.
  const isInside = left >= 0 && right <= width
  const contrast = contrastOf(color, ground)
  return [
    ...(isInside ? [] : [`“${text}” runs from ${left} to ${right} on a screen of ${width}px`]),
    ...(contrast >= leastContrast ? [] : [`“${text}” has a contrast of ${contrast.toFixed(2)}: ${color} on ${ground}`]),
    ...(size >= smallest ? [] : [`“${text}” is ${size}px high`]),
  ]
}

/** From 1 to 21 (WCAG 2.2, "contrast ratio"); NaN for colours that are not plain `rgb(…)`. */
export const contrastOf = (one: string, other: string): number => {
  const [darker, lighter] = [luminanceOf(one), luminanceOf(other)].toSorted((a, b) => a - b) as [number, number]
  return (lighter + 0.05) / (darker + 0.05)
}

const luminanceOf = (color: string): number => {
  const [, ...channels] = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(color) ?? []
  const [red, green, blue] = channels.map((channel) => {
    const part = Number(channel) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * (red ?? Number.NaN) + 0.7152 * (green ?? Number.NaN) + 0.0722 * (blue ?? Number.NaN)
}
