import { InvalidBrokerUrl } from './errors/usage-errors.ts'

/** A broker URL taken apart. */
export interface BrokerUrl {
  /** For the backend: without `namespace`, which is the same for all of them. */
  readonly url: string
  /** Such as `redis`. */
  readonly scheme: string
  /** `?namespace=` of the URL. */
  readonly namespace: string | undefined
}

/**
 * Read a broker URL, such as `redis://localhost:6379/0?namespace=shop`.
 *
 * @throws InvalidBrokerUrl for what is no URL.
 */
export function parseBrokerUrl(text: string): BrokerUrl {
  if (typeof text !== 'string' || !URL.canParse(text)) throw invalidBrokerUrl(text)
  const url = new URL(text)
  const scheme = url.protocol.slice(0, -1)
  const namespace = url.searchParams.get('namespace') ?? undefined
  if (namespace === undefined) return { url: text, scheme, namespace }
  url.searchParams.delete('namespace')
  return { url: url.href, scheme, namespace }
}

/** The error about a URL: `invalid broker URL: …`, without its credentials (WQ-01). */
export function invalidBrokerUrl(url: unknown): InvalidBrokerUrl {
  return new InvalidBrokerUrl(`invalid broker URL: ${typeof url === 'string' ? withoutCredentials(url) : typeof url}`)
}

// Not by parsing: this is for what may not be a URL. Drivers take passwords from the query as well.
function withoutCredentials(url: string): string {
  const shown = url.replace(/^([\w+.-]*:)?(\/*).*@/s, '$1$2***@').replace(/([?&][^=&#]*=)[^&#]*/g, '$1***')
  return shown.length > 200 ? `${shown.slice(0, 200)}…` : shown
}
