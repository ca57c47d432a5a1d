import { describeTaskQueue } from '@taskspace/testing/kit'
import { afterAll, inject } from 'vitest'
import { startFaultProxy } from '../../../../tools/servers/fault-proxy.ts'
import { kitTarget } from '../kit-target.ts'

const proxy = await startFaultProxy(Number(new URL(inject('redisUrl')).port), { crumble: 7 })
afterAll(() => proxy.close())

describeTaskQueue('redis through a proxy that crumbles what it passes on', kitTarget(`redis://127.0.0.1:${proxy.port}`))
