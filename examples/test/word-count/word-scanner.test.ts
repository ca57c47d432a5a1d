import { describe, expect, it } from 'vitest'
import { WordScanner } from '../../word-count/word-scanner.ts'

describe('the word scanner', () => {
  it('finds words in lower case, without digits and punctuation around them', () => {
    expect(wordsOf('The cat, the "CAT" & 2 cats (of 1999) i18n.')).toEqual([
      'the',
      'cat',
      'the',
      'cat',
      'cats',
      'of',
      'i18n',
    ])
  })

  it('takes an apostrophe between letters as part of a word, and one form of it for the other', () => {
    expect(wordsOf("Don't don’t 'quoted' l'été o'")).toEqual(["don't", "don't", 'quoted', "l'été", 'o'])
  })

  it('knows letters of all scripts, and a composed letter for the same as a decomposed one', () => {
    expect(wordsOf('ΟΔΟΣ Straße жизнь e\u0301te\u0301 \u00e9t\u00e9')).toEqual([
      'οδος',
      'straße',
      'жизнь',
      'été',
      'été',
    ])
  })

  it('cuts words of scripts without spaces', () => {
    expect(wordsOf('我们喜欢猫。猫')).toEqual(['我们', '喜欢', '猫', '猫'])
  })

  it('finds the same words wherever the pieces end', () => {
    const text = "ΟΔΟΣ don’t e\u0301te\u0301 我们喜欢猫 o' 𝒳𝒴 naïve-ish END"
    const whole = wordsOf(text)

    for (let end = 0; end <= text.length; end += 1) {
      if (isInsideCharacter(text, end)) continue
      expect(wordsOf(text.slice(0, end), text.slice(end))).toEqual(whole)
    }
    expect(wordsOf(...text)).toEqual(whole)
  })

  it('cuts a run of letters that goes on and on, and holds back no more than a piece of it', () => {
    expect(wordsOf(...Array.from({ length: 100 }, () => 'x'.repeat(100)))).toEqual([
      ...Array.from({ length: 78 }, () => 'x'.repeat(128)),
      'x'.repeat(10_000 - 78 * 128),
    ])
  })

  it('finds nothing in nothing', () => {
    expect(wordsOf('')).toEqual([])
    expect(wordsOf(' 1 2 — … ')).toEqual([])
  })
})

function wordsOf(...pieces: readonly string[]): readonly string[] {
  const scanner = new WordScanner()
  return [...pieces.flatMap((piece) => scanner.scan(piece)), ...scanner.end()]
}

/** A decoder never gives half a character. */
function isInsideCharacter(text: string, index: number): boolean {
  return /[\uDC00-\uDFFF]/.test(text[index] ?? '')
}
