// Prints what a user is told who asks for a backend without having installed it.
import { getBroker } from '@taskspace/core'

try {
  await getBroker('redis://127.0.0.1')
} catch (error) {
  console.log(`${error.code}: ${error.message}`)
}
