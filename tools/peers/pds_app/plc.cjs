// A PLC directory in memory: knows the accounts of one PDS for as long as it runs.
const { PlcServer, Database } = require('@did-plc/server')

const server = PlcServer.create({ db: Database.mock(), port: Number(process.env.PLC_PORT) })
server.start()
process.on('SIGTERM', () => server.destroy().then(() => process.exit(0)))
