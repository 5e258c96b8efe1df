import { lua } from '../define-script.ts'

/** Cells as JSON by name; shared values (`s:<key>`) have a hash of their own, since each attempt is given all of them. */
export const cells: string = lua`
-- Answers the texts in the order of the names, false for what does not exist.
local function readCells(names)
  local found, own, ownPlaces, shared, sharedPlaces = {}, {}, {}, {}, {}
  for place, name in ipairs(names) do
    if string.sub(name, 1, 2) == 's:' then
      shared[#shared + 1] = string.sub(name, 3)
      sharedPlaces[#sharedPlaces + 1] = place
    else
      own[#own + 1] = name
      ownPlaces[#ownPlaces + 1] = place
    end
  end
  for at, text in ipairs(readFields(key('cells'), own)) do found[ownPlaces[at]] = text end
  for at, text in ipairs(readFields(key('shared'), shared)) do found[sharedPlaces[at]] = text end
  return found
end
`
