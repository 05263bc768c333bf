-- SPDX-License-Identifier: Apache-2.0
-- wrk script: every request takes the next body of a prepared file; any answer but 201 is counted.
-- Arguments: the file of bodies, one per line, what begins with a brace is JSON; perhaps a file for the answers with 201.
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  bad, ran_out, last_bad = 0, 0, 0
  supply = assert(io.open(args[1], "r"))
  supply:setvbuf("full", 1048576)
  answers = args[2] and assert(io.open(args[2], "w"))
  head = "POST " .. wrk.path .. " HTTP/1.1\r\nHost: " .. wrk.host .. ":" .. wrk.port
    .. "\r\nAccept: application/json\r\nContent-Type: "
  encoded = "application/x-www-form-urlencoded\r\nContent-Length: "
  json = "application/json\r\nContent-Length: "
  body = ""
end

function request()
  local line = supply:read("*l")
  if line then
    body = line
  else
    ran_out = ran_out + 1
    wrk.thread:stop()
  end
  return head .. (body:byte() == 123 and json or encoded) .. #body .. "\r\n\r\n" .. body
end

function response(status, headers, said)
  if status ~= 201 then
    bad = bad + 1
    last_bad = status
  elseif answers then
    answers:write(said, "\n")
  end
end

function done(summary, latency, requests)
  local other, empty, seen = 0, 0, 0
  for _, thread in ipairs(threads) do
    other = other + thread:get("bad")
    empty = empty + thread:get("ran_out")
    seen = math.max(seen, thread:get("last_bad"))
  end
  local e = summary.errors
  io.write(string.format(
    '\n@{"requests":%d,"duration_us":%d,"bad":%d,"last_bad":%d,"ran_out":%d,"socket":%d,'
      .. '"p50_us":%d,"p99_us":%d,"max_us":%d}\n',
    summary.requests, summary.duration, other, seen, empty,
    e.connect + e.read + e.write + e.timeout,
    latency:percentile(50), latency:percentile(99), latency.max))
end
