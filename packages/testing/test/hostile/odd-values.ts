/** A proxy that was revoked: whoever touches it has an error thrown at. */
export function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

/** A proxy whose every trap throws. */
export function trap(): object {
  const handler = new Proxy(
    {},
    {
      get: () => () => {
        throw new Error('trapped')
      },
    },
  )
  return new Proxy({}, handler)
}

/** An error whose every property throws. */
export function throwingError(): Error {
  const thrower = {
    get: () => {
      throw new Error('no')
    },
  }
  return Object.defineProperties(new Error('seen'), { name: thrower, message: thrower, stack: thrower, cause: thrower })
}

/** An object with this method `then`. */
export function thenable(then: (resolve: (value: unknown) => void, reject: (error: unknown) => void) => void): object {
  return Object.defineProperty({}, 'then', { value: then })
}

/** An object that throws when its `then` is looked at. */
export function thrower(error: Error): object {
  return Object.defineProperty({}, 'then', {
    get: () => {
      throw error
    },
  })
}
