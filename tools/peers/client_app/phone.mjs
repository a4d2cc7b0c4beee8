// A phone's whole session with megalodon: reads, writes, stars, saves, votes and listens. Prints one JSON object.
import { createRequire } from 'node:module'

const megalodon = createRequire(import.meta.url)('megalodon')
const generator = megalodon.default
const { BASE, MINE, THEIRS } = process.env
const told = {}
const mine = generator('mastodon', BASE, MINE)
const theirs = generator('mastodon', BASE, THEIRS)
const nobody = generator('mastodon', BASE)

function within (seconds, what, promise) {
  const late = new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(`not within ${seconds} s: ${what}`)), seconds * 1000)
  })
  return Promise.race([promise, late])
}

async function status (promise) {
  try {
    return (await promise).status
  } catch (error) {
    return error.response ? error.response.status : String(error)
  }
}

const app = await nobody.registerApp('megalodon', { scopes: ['read', 'write', 'follow'] })
told.authorize = app.url
told.me = (await mine.verifyAccountCredentials()).data.username
const instance = (await nobody.getInstance()).data
told.streaming = instance.urls.streaming_api
told.polls = instance.configuration.polls.max_options

const stream = await theirs.userStreaming()
const heard = { update: [], status_update: [], delete: [], errors: [] }
stream.on('update', one => heard.update.push(one.id))
stream.on('status_update', one => heard.status_update.push(one.id))
stream.on('delete', id => heard.delete.push(id))
stream.on('error', error => heard.errors.push(String(error)))
stream.on('parser-error', error => heard.errors.push(String(error)))
await within(10, 'a stream', new Promise(resolve => stream.on('connect', resolve)))
// "connect" is said when the socket is asked for; the server has it a moment later.
await new Promise(resolve => setTimeout(resolve, 1500))

const until = async (what, holds) => {
  const end = Date.now() + 10_000
  while (!holds()) {
    if (Date.now() > end) throw new Error(`never: ${what} ${JSON.stringify(heard)}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}
const began = Date.now()
const said = (await mine.postStatus('The bench is free. #bench', { visibility: 'public' })).data
told.visibility = said.visibility
await until('an update', () => heard.update.includes(said.id))
told.heard_after_ms = Date.now() - began

const answer = (await theirs.postStatus('I take it.', { in_reply_to_id: said.id })).data
told.context = (await mine.getStatusContext(said.id)).data.descendants.map(one => one.id === answer.id)
told.home = (await theirs.getHomeTimeline({ limit: 1 })).data.map(one => one.id === said.id)
told.starred = (await theirs.favouriteStatus(said.id)).data.favourites_count
await until('a change', () => heard.status_update.includes(said.id))
told.saved = (await theirs.bookmarkStatus(said.id)).data.bookmarked
told.bookmarks = (await theirs.getBookmarks()).data.some(one => one.id === said.id)
told.boost = (await theirs.reblogStatus(said.id)).data.reblog?.id === said.id
told.unboost = (await theirs.unreblogStatus(said.id)).data.reblogged
told.lists = (await mine.getLists()).data.length
const poll = (await mine.postStatus('Which bench?', { poll: { options: ['North', 'South'], expires_in: 3600 } })).data.poll
told.voted = (await theirs.votePoll(poll.id, [1])).data.options.map(one => one.votes_count)
told.notifications = Array.isArray((await mine.getNotifications()).data)
told.search = (await theirs.search('nadia', { type: 'accounts' })).data.accounts.map(one => one.acct)
told.relationship = (await theirs.getRelationship(said.account.id)).data.following
told.missing = await status(theirs.getStatus('4611686018427387904'))
await mine.deleteStatus(said.id)
await until('a deletion', () => heard.delete.includes(said.id))
told.errors = heard.errors
stream.stop()
console.log(JSON.stringify(told))
process.exit(0)
