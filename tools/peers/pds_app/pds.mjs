// A Bluesky PDS, told by its environment where to be.
import { PDS, envToCfg, envToSecrets, readEnv } from '@atproto/pds'

const env = readEnv()
const pds = await PDS.create(envToCfg(env), envToSecrets(env))
await pds.start()
process.on('SIGTERM', () => pds.destroy().then(() => process.exit(0)))
