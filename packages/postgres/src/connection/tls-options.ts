import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { InvalidBrokerUrl } from '@taskspace/core/backend'

/**
 * The TLS options of a URL: `sslmode` is `disable`, `no-verify` (encrypted, the server may be anybody), or `require`,
 * `verify-ca` and `verify-full`, which all check the server's certificate and name; `sslrootcert`, `sslcert` and `sslkey`
 * name files. `undefined` if it has none of them.
 *
 * @throws InvalidBrokerUrl for another mode, or a file that cannot be read.
 */
export function tlsOf(parameters: URLSearchParams): boolean | ConnectionOptions | undefined {
  const files = {
    ...fileOf(parameters, 'sslrootcert', 'ca'),
    ...fileOf(parameters, 'sslcert', 'cert'),
    ...fileOf(parameters, 'sslkey', 'key'),
  }
  const mode = parameters.get('sslmode') ?? (Object.keys(files).length > 0 ? 'verify-full' : undefined)
  switch (mode) {
    case undefined:
      return undefined
    case 'disable':
      return false
    case 'no-verify':
      return { ...files, rejectUnauthorized: false }
    case 'require':
    case 'verify-ca':
    case 'verify-full':
      return { ...files, rejectUnauthorized: true }
    default: {
      const known = 'disable, no-verify, require, verify-ca or verify-full'
      throw new InvalidBrokerUrl(`invalid broker URL: sslmode=${mode} is not one of ${known}`)
    }
  }
}

function fileOf(parameters: URLSearchParams, name: string, option: 'ca' | 'cert' | 'key'): ConnectionOptions {
  const path = parameters.get(name)
  if (path === null) return {}
  try {
    return { [option]: readFileSync(path, 'utf8') }
  } catch (cause) {
    throw new InvalidBrokerUrl(`invalid broker URL: the file of ${name} cannot be read`, { cause })
  }
}
