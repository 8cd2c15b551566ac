/**
 * The buffer's Lua. One stream a shard; each entry carries the accepted events of one accept call, which
 * several requests may have shared, and these fields:
 *
 * | field | meaning |
 * | --- | --- |
 * | `v` | version of this layout |
 * | `n` | nonce of the call, so that an entry of another life of the stream is not mistaken for this one |
 * | `t` | milliseconds since 1970 when the first of them was received |
 * | `d` | this entry's `bytes,accepted,received,duplicates,sampled,rejected` |
 * | `r` | this entry's rejections by reason, JSON, or empty |
 * | `c`, `R` | running totals of `d` and `r`, this entry included |
 * | `s` | what all rows of the entry have in common, JSON, or empty |
 * | `e` | rows without that, a JSON array |
 * | `a` | the same for events of aggregated types |
 *
 * The anchor is the last flushed entry, kept by trimming. Its totals are copied to a hash, so that accepting need not
 * read its payload. Usage is the tail's totals less the anchor's: no counter that a crash could leave behind.
 */
export const ENTRY_VERSION = '1';

/** What an entry costs beside its rows; counted, or requests of nothing but duplicates would grow the buffer for free. */
export const ENTRY_OVERHEAD_BYTES = 256;

const SHARED = `
local function fields(entry)
  local map = {}
  for i = 1, #entry[2], 2 do map[entry[2][i]] = entry[2][i + 1] end
  return map
end
local function numbers(csv)
  local list = {}
  for n in string.gmatch(csv, '[^,]+') do list[#list + 1] = tonumber(n) end
  return list
end
local function csv(list)
  local out = {}
  for i = 1, #list do out[i] = string.format('%.0f', list[i]) end
  return table.concat(out, ',')
end
`;

/** Arguments of `accept` for each event. */
export const ACCEPT_ARGUMENTS_PER_EVENT = 4;

/**
 * KEYS stream, anchor, then the dedup key of each event that has one.
 * ARGV cap in bytes, nonce, receivedAt, rejections made before (JSON or empty), their count, sampled before, what the
 * rows have in common; then per event: seconds its key lives or empty where it has none, what to remember under the key
 * (id, blank, payload hash or nothing), `e` or `a` and the verdict, row. The verdict is empty to take it, `s` for sampled,
 * anything else is the reason it is rejected for, unless its key is known.
 * Answers {'full', used} or {'ok', buffered, one of a | s | r | d<id> | c<id> per event …}.
 *
 * The entry is appended before any key is set: a key without its event would turn the client's retry into a loss.
 */
export const ACCEPT = `#!lua
${SHARED}
local stream, anchor = KEYS[1], KEYS[2]
local cap = tonumber(ARGV[1])
local PER, FIRST = ${ACCEPT_ARGUMENTS_PER_EVENT}, 8
local count = (#ARGV - FIRST + 1) / PER

local tail = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
local total, reasons = {0, 0, 0, 0, 0, 0}, {}
local base = {0, 0}
if tail then
  local f = fields(tail)
  total = numbers(f.c)
  if f.R ~= '' then reasons = cjson.decode(f.R) end
  local stored = redis.call('HGET', anchor, 'c')
  if stored then base = numbers(stored) end
else
  redis.call('DEL', anchor)
end

local known = {}
if #KEYS > 2 then
  local values = redis.call('MGET', unpack(KEYS, 3))
  for i = 3, #KEYS do known[KEYS[i]] = values[i - 2] end
end

local results, rows, aggregates, fresh = {}, {}, {}, {}
local bytes, accepted, duplicates, sampled = ${ENTRY_OVERHEAD_BYTES} + #ARGV[7], 0, 0, tonumber(ARGV[6])
local rejected = tonumber(ARGV[5])
local own = {}
if ARGV[4] ~= '' then own = cjson.decode(ARGV[4]) end

local slot = 2
for i = 1, count do
  local at = FIRST + (i - 1) * PER
  local ttl, value, row = ARGV[at], ARGV[at + 1], ARGV[at + 3]
  local lane, verdict = string.sub(ARGV[at + 2], 1, 1), string.sub(ARGV[at + 2], 2)
  local key
  if ttl ~= '' then
    slot = slot + 1
    key = KEYS[slot]
  end
  local seen = key and known[key]
  if seen then
    local space = string.find(seen, ' ', 1, true)
    local seenId, seenHash = string.sub(seen, 1, space - 1), string.sub(seen, space + 1)
    local hash = string.sub(value, string.find(value, ' ', 1, true) + 1)
    if hash == '' or seenHash == '' or hash == seenHash then
      duplicates = duplicates + 1
      results[i] = 'd' .. seenId
    else
      rejected = rejected + 1
      own.conflict = (own.conflict or 0) + 1
      results[i] = 'c' .. seenId
    end
  elseif verdict == 's' then
    sampled = sampled + 1
    results[i] = 's'
  elseif verdict ~= '' then
    rejected = rejected + 1
    own[verdict] = (own[verdict] or 0) + 1
    results[i] = 'r'
  else
    accepted = accepted + 1
    bytes = bytes + #row
    if lane == 'a' then aggregates[#aggregates + 1] = row else rows[#rows + 1] = row end
    if key then
      known[key] = value
      fresh[#fresh + 1] = {key, value, ttl}
    end
    results[i] = 'a'
  end
end

local used = total[1] - base[1]
if used + bytes > cap then return {'full', used} end

local delta = {bytes, accepted, tonumber(ARGV[5]) + tonumber(ARGV[6]) + count, duplicates, sampled, rejected}
for i = 1, 6 do total[i] = total[i] + delta[i] end
for reason, n in pairs(own) do reasons[reason] = (reasons[reason] or 0) + n end

redis.call('XADD', stream, '*', 'v', '${ENTRY_VERSION}', 'n', ARGV[2], 't', ARGV[3],
  'd', csv(delta), 'r', next(own) and cjson.encode(own) or '',
  'c', csv(total), 'R', next(reasons) and cjson.encode(reasons) or '',
  's', accepted > 0 and ARGV[7] or '',
  'e', #rows > 0 and '[' .. table.concat(rows, ',') .. ']' or '',
  'a', #aggregates > 0 and '[' .. table.concat(aggregates, ',') .. ']' or '')
for i = 1, #fresh do redis.call('SETEX', fresh[i][1], fresh[i][3], fresh[i][2]) end
return {'ok', total[2] - base[2], unpack(results)}
`;

/**
 * KEYS stream. ARGV last flushed id and nonce, most events, most bytes.
 * Answers {'1' when the stream is another than the checkpoint's, entry …}. Entries begin behind the anchor; where the
 * anchor is not at the head, the stream was replaced or restored and is read from its first entry: ids settle the rest.
 */
export const READ = `#!lua flags=no-writes,allow-oom
${SHARED}
local stream, lastId, lastNonce = KEYS[1], ARGV[1], ARGV[2]
local from, replaced = '-', '0'
if lastId ~= '0-0' then
  local entry = redis.call('XRANGE', stream, lastId, lastId)[1]
  if entry and fields(entry).n == lastNonce then from = '(' .. lastId else replaced = '1' end
end
local out, events, bytes = {replaced}, 0, 0
while true do
  local page = redis.call('XRANGE', stream, from, '+', 'COUNT', 16)
  for i = 1, #page do
    local d = numbers(fields(page[i]).d)
    if #out > 1 and (events + d[2] > tonumber(ARGV[3]) or bytes + d[1] > tonumber(ARGV[4])) then return out end
    out[#out + 1] = page[i]
    events, bytes = events + d[2], bytes + d[1]
    from = '(' .. page[i][1]
  end
  if #page < 16 then return out end
end
`;

/**
 * KEYS stream, anchor. ARGV id and nonce of the last committed entry. Drops what is older and keeps the entry itself as
 * the anchor; does nothing where that entry is not the committed one. Allowed under OOM, or a full buffer never drains.
 */
export const TRIM = `#!lua flags=allow-oom
${SHARED}
local entry = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])[1]
if not entry then return 0 end
local f = fields(entry)
if f.n ~= ARGV[2] then return 0 end
redis.call('XTRIM', KEYS[1], 'MINID', '=', ARGV[1])
redis.call('HSET', KEYS[2], 'id', ARGV[1], 'c', f.c)
return 1
`;

/**
 * KEYS stream, anchor. ARGV last committed id and nonce. Answers what lies behind the checkpoint:
 * {'ok', totals behind it, rejections by reason so far, the same at the checkpoint, receivedAt and id of the oldest, tail id}, or
 * {'moved'} when a flush trimmed past the given checkpoint meanwhile: read it again.
 */
export const USAGE = `#!lua flags=no-writes,allow-oom
${SHARED}
local stream, lastId, lastNonce = KEYS[1], ARGV[1], ARGV[2]
local tail = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
if not tail then return {'ok', '0,0,0,0,0,0', '', '', '', '', '0-0'} end
local t = fields(tail)
local from, base, baseReasons = '-', nil, ''
if lastId ~= '0-0' then
  local entry = redis.call('XRANGE', stream, lastId, lastId)[1]
  local f = entry and fields(entry)
  if f and f.n == lastNonce then
    from, base, baseReasons = '(' .. lastId, numbers(f.c), f.R
  end
end
local oldest = redis.call('XRANGE', stream, from, '+', 'COUNT', 1)[1]
if not base then
  local first = oldest
  if ARGV[3] ~= '1' and redis.call('HGET', KEYS[2], 'id') == first[1] then return {'moved'} end
  local f = fields(first)
  base = numbers(f.c)
  local own = numbers(f.d)
  for i = 1, 6 do base[i] = base[i] - own[i] end
end
local total = numbers(t.c)
for i = 1, 6 do total[i] = total[i] - base[i] end
return {'ok', csv(total), t.R, baseReasons, oldest and fields(oldest).t or '', oldest and oldest[1] or '', tail[1]}
`;
