/** First byte of a surrogate in three bytes, and the least second byte that it has. */
const LEAD_OF_SURROGATES = 0xed
const LEAST_TAIL = 0xa0

/** The bytes of any string: UTF-8, and a surrogate without a partner in three bytes. Two different strings stay different. */
export function encodeText(text: string): Buffer {
  return text.isWellFormed() ? Buffer.from(text) : encodeLone(text)
}

/** The string that `encodeText` was given. */
export function decodeText(bytes: Buffer, start = 0, end = bytes.length): string {
  const text = bytes.toString('utf8', start, end)
  return text.includes('\ufffd') ? decodeLone(bytes.subarray(start, end)) : text
}

function encodeLone(text: string): Buffer {
  const parts = [...text].map((symbol) => {
    if (symbol.isWellFormed()) return Buffer.from(symbol)
    const unit = symbol.charCodeAt(0)
    return Buffer.of(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f))
  })
  return Buffer.concat(parts)
}

function decodeLone(bytes: Buffer): string {
  let text = ''
  let from = 0
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] !== LEAD_OF_SURROGATES || (bytes[at + 1] ?? 0) < LEAST_TAIL) continue
    const unit = 0xd000 | (((bytes[at + 1] ?? 0) & 0x3f) << 6) | ((bytes[at + 2] ?? 0) & 0x3f)
    text += bytes.toString('utf8', from, at) + String.fromCharCode(unit)
    from = at + 3
    at += 2
  }
  return text + bytes.toString('utf8', from)
}
