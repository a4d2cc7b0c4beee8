// A phone's whole session with masto.js: profile, schedule, notices, filters, a stream. Prints one JSON object.
import { deflateSync } from 'node:zlib'
import { createRestAPIClient, createStreamingAPIClient } from 'masto'

const { BASE, MINE, THEIRS } = process.env
const told = {}
const mine = createRestAPIClient({ url: BASE, accessToken: MINE })
const theirs = createRestAPIClient({ url: BASE, accessToken: THEIRS })
const hours = number => new Date(Math.floor(Date.now() / 1000) * 1000 + number * 3_600_000).toISOString()
const status = async promise => {
  try {
    await promise
    return 200
  } catch (error) {
    return error.statusCode ?? String(error)
  }
}

// A square of one colour as PNG, so that no file is needed.
function square (side) {
  const table = Array.from({ length: 256 }, (_none, byte) => {
    let sum = byte
    for (let turn = 0; turn < 8; turn++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1
    return sum
  })
  const piece = (name, content) => {
    const named = Buffer.concat([Buffer.from(name), content])
    let sum = 0xffffffff
    for (const byte of named) sum = table[(sum ^ byte) & 255] ^ (sum >>> 8)
    const ends = Buffer.alloc(8)
    ends.writeUInt32BE(content.length)
    ends.writeUInt32BE((sum ^ 0xffffffff) >>> 0, 4)
    return Buffer.concat([ends.subarray(0, 4), named, ends.subarray(4)])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(side)
  head.writeUInt32BE(side, 4)
  head.set([8, 2], 8)
  const lines = Buffer.concat(Array(side).fill(Buffer.from([0, ...Array(side).fill([20, 90, 140]).flat()])))
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    piece('IHDR', head),
    piece('IDAT', deflateSync(lines)),
    piece('IEND', Buffer.alloc(0))
  ])
}

const instance = await mine.v2.instance.fetch()
told.note_length = instance.configuration.accounts.maxNoteLength
told.icons = instance.icon.map(one => one.size)
told.languages = (await mine.v1.instance.languages.list()).map(one => one.code)
told.privacy = (await mine.v1.instance.privacyPolicy.fetch()).content.startsWith('<h2>')
told.terms = await status(mine.v1.instance.termsOfService.fetch())

// One's own account
const avatar = new File([square(128)], 'me.png', { type: 'image/png' })
const me = await mine.v1.accounts.updateCredentials({ avatar, note: 'Seals of Valve 7' })
told.me = me.acct
told.photo = (await fetch(me.avatar)).headers.get('content-type')
told.note = (await theirs.v1.accounts.$select(me.id).fetch()).note.includes('<p>Seals of Valve 7</p>')
told.same = (await mine.v1.accounts.updateCredentials({ displayName: me.displayName, locked: false })).displayName === me.displayName
told.other_name = await status(mine.v1.accounts.updateCredentials({ displayName: 'The Boss' }))
told.no_photo = (await mine.v1.profile.avatar.remove()).avatar.includes('/avatars/')

// Later
const later = await mine.v1.statuses.create({ status: 'For later.', scheduledAt: hours(3) })
const moved = await mine.v1.scheduledStatuses.$select(later.id).update({ scheduledAt: hours(5) })
told.moved = Math.round((Date.parse(moved.scheduledAt) - Date.parse(later.scheduledAt)) / 3_600_000)
told.past = await status(mine.v1.scheduledStatuses.$select(later.id).update({ scheduledAt: hours(-1) }))
told.not_theirs = await status(theirs.v1.scheduledStatuses.$select(later.id).update({ scheduledAt: hours(4) }))
const last = await mine.v1.statuses.create({ status: 'For later still.', scheduledAt: hours(6) })
const pages = []
for await (const page of mine.v1.scheduledStatuses.list({ limit: 1 })) pages.push(page.map(one => one.id))
told.pages = JSON.stringify(pages.filter(one => one.length).slice(0, 2)) === JSON.stringify([[last.id], [later.id]])
await mine.v1.scheduledStatuses.$select(later.id).remove()
await mine.v1.scheduledStatuses.$select(last.id).remove()
told.removed = await status(mine.v1.scheduledStatuses.$select(later.id).fetch())

// A stream, and what one is told
const streaming = createStreamingAPIClient({
  streamingApiUrl: instance.configuration.urls.streaming, accessToken: MINE, implementation: globalThis.WebSocket
})
const heard = streaming.user.subscribe()
const events = (async () => {
  const kinds = new Set()
  for await (const one of heard) {
    kinds.add(one.event)
    if (kinds.has('update') && kinds.has('notification')) return [...kinds].filter(kind => kind !== 'status.update').sort()
  }
})()
await new Promise(resolve => setTimeout(resolve, 1500))
const said = await theirs.v1.statuses.create({ status: `The bench is free, @${me.acct}.` })
const late = new Promise((_resolve, reject) => setTimeout(() => reject(new Error('nothing was heard')), 15_000))
told.heard = await Promise.race([events, late])
heard.unsubscribe()
streaming.close()

const group = (await mine.v2.notifications.list({ limit: 1 })).notificationGroups[0]
const one = await mine.v2.notifications.$select(group.groupKey).fetch()
told.group = one.notificationGroups.map(found => found.groupKey === group.groupKey)
told.group_accounts = (await mine.v2.notifications.$select(group.groupKey).accounts.fetch()).map(found => found.acct)
const before = (await mine.v2.notifications.unreadCount.fetch()).count
await mine.v2.notifications.$select(group.groupKey).dismiss()
told.seen = before - (await mine.v2.notifications.unreadCount.fetch()).count
told.group_of_others = await status(theirs.v2.notifications.$select(group.groupKey).fetch())
told.merged = (await mine.v1.notifications.requests.merged.fetch()).merged
told.no_request = await status(mine.v1.notifications.requests.$select('7').accept())

// Filters, of both versions
const filter = await mine.v2.filters.create({ title: 'Benches', context: ['home'], filterAction: 'warn' })
const named = await mine.v2.filters.$select(filter.id).statuses.create({ statusId: said.id })
told.filtered = (await mine.v1.statuses.$select(said.id).fetch()).filtered.map(found => found.statusMatches[0] === said.id)
told.not_for_them = (await theirs.v1.statuses.$select(said.id).fetch()).filtered
await mine.v2.filters.statuses.$select(named.id).remove()
told.filtered_no_more = (await mine.v1.statuses.$select(said.id).fetch()).filtered
await mine.v2.filters.$select(filter.id).remove()
const old = await mine.v1.filters.create({ phrase: 'bench', context: ['home'], irreversible: true })
told.old_filter = (await mine.v2.filters.list()).map(found => [found.title, found.filterAction])
told.old_changed = (await mine.v1.filters.$select(old.id).update({ phrase: 'benches', context: ['public'] })).context
await mine.v1.filters.$select(old.id).remove()
told.filters = (await mine.v2.filters.list()).length

told.translated = await status(mine.v1.statuses.$select(said.id).translate())
await theirs.v1.statuses.$select(said.id).remove()
console.log(JSON.stringify(told))
process.exit(0)
