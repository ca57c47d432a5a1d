/** Longest word, in code points; a longer run of letters, as in encoded data, counts in pieces of this length. */
const MAX_WORD_LENGTH = 128

/** A letter, then letters, marks and digits; an apostrophe only between letters. */
const WORD = new RegExp(`\\p{L}(?:[\\p{L}\\p{M}\\p{N}]|'(?=\\p{L})){0,${MAX_WORD_LENGTH - 1}}`, 'gu')

/** Scripts that put no spaces between words. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' })

/**
 * Cuts a text that comes in pieces into words, lower-case, in Unicode's composed form, wherever the pieces end.
 *
 * A word begins with a letter; `don't` is one, and so is `don’t`. Chinese, Japanese, Thai and the like are cut by their
 * dictionaries.
 */
export class WordScanner {
  #rest = ''

  /** The words that end in this piece. */
  scan(piece: string): readonly string[] {
    const text = (this.#rest + piece).normalize('NFC').replaceAll('’', "'")
    const words = text.match(WORD) ?? []
    this.#rest = openWord(text, words.at(-1))
    if (this.#rest !== '') words.pop()
    const parts = UNSPACED.test(text) ? words.flatMap(segmented) : words
    return parts.map((word) => word.toLowerCase())
  }

  /** The word that the end of the text ends, if there is one. */
  end(): readonly string[] {
    return this.scan('\n')
  }
}

/** The last word with what follows it, if the next piece may go on with it. */
function openWord(text: string, last: string | undefined): string {
  if (last === undefined) return ''
  if (text.endsWith(last)) return last
  return text.endsWith(`${last}'`) ? `${last}'` : ''
}

function segmented(run: string): readonly string[] {
  if (!UNSPACED.test(run)) return [run]
  return Array.from(segmenter.segment(run)).flatMap(({ segment, isWordLike }) => (isWordLike ? [segment] : []))
}
