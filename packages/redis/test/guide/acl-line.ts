import { readFileSync } from 'node:fs'

const guide = new URL('../../../../docs/guides/redis.md', import.meta.url)

/** The words of the command in the guide that makes a user with the least rights. */
export function aclLine(): { readonly user: string; readonly password: string; readonly words: readonly string[] } {
  const [, line = ''] = /^```acl\n([^`]+)```$/m.exec(readFileSync(guide, 'utf8')) ?? []
  const words = line.split(/\s+/).filter((word) => word !== '')
  const password = words.find((word) => word.startsWith('>'))
  if (words[0] !== 'ACL' || words[1] !== 'SETUSER' || password === undefined)
    throw new Error('the guide has no ACL line')
  return { user: words[2] ?? '', password: password.slice(1), words: words.slice(1) }
}
