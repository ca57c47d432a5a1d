import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, inject } from 'vitest'
import { postgresTarget } from '../postgres-target.ts'
import { asOwner } from '../scratch-store.ts'
import { describeKit } from './describe-kit.ts'

/** A role and a database of its own: rights on the schema that other tests share would be theirs, too. */
const name = `worker_${randomBytes(6).toString('hex')}`
const ownerUrl = () => inject('postgresUrl').replace(/\/[^/]*$/, `/${name}`)
const owner = (sql: string) => asOwner(inject('postgresUrl'), sql)

beforeAll(async () => {
  await owner(`CREATE ROLE ${name} LOGIN`)
  await owner(`CREATE DATABASE ${name}`)
})
afterAll(async () => {
  await owner(`DROP DATABASE ${name} WITH (FORCE)`)
  await owner(`DROP ROLE ${name}`)
})

const url = () => ownerUrl().replace('postgres@', `${name}@`)
describeKit('postgres as the worker role', postgresTarget({ ownerUrl, url, worker: name }))
