-- SPDX-License-Identifier: Apache-2.0
-- wrk script: the requests of a prepared file, one after the other and from the beginning again.
-- Argument: the file. Its first line is the status that every answer must have, the next the method, then headers up
-- to an empty line, then a request a line: a path, a tab, a body.
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  bad, last_bad, number = 0, 0, 0
  local supply = assert(io.open(args[1], "r"))
  expected = tonumber(supply:read("*l"))
  local method, head = supply:read("*l"), ""
  for line in supply:lines() do
    if line == "" then break end
    head = head .. line .. "\r\n"
  end
  prepared = {}
  for line in supply:lines() do
    local path, body = line:match("^([^\t]*)\t(.*)$")
    prepared[#prepared + 1] = method .. " " .. path .. " HTTP/1.1\r\nHost: " .. wrk.host .. ":" .. wrk.port
      .. "\r\n" .. head .. "Content-Length: " .. #body .. "\r\n\r\n" .. body
  end
end

function request()
  number = number % #prepared + 1
  return prepared[number]
end

function response(status)
  if status ~= expected then
    bad = bad + 1
    last_bad = status
  end
end

function done(summary, latency, requests)
  local other, seen = 0, 0
  for _, thread in ipairs(threads) do
    other = other + thread:get("bad")
    seen = math.max(seen, thread:get("last_bad"))
  end
  local e = summary.errors
  io.write(string.format(
    '\n@{"requests":%d,"duration_us":%d,"bad":%d,"last_bad":%d,"ran_out":0,"socket":%d,'
      .. '"p50_us":%d,"p99_us":%d,"max_us":%d}\n',
    summary.requests, summary.duration, other, seen,
    e.connect + e.read + e.write + e.timeout,
    latency:percentile(50), latency:percentile(99), latency.max))
end
