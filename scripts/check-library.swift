// A program with the whole Swift runtime that links the archive: the runtime's functions must be
// the real ones, also where the archive was compiled with some of its own.
import CCoreServices

final class Entry {
    let name: String
    init(_ name: String) { self.name = name }
}

var names: [String: Entry] = [:]
for index in 0..<1000 { names["name \(index)"] = Entry(String(repeating: "é", count: index % 40)) }
let longest = names.values.map(\.name.utf8.count).max() ?? 0
var connection = NsHandle(0)
let code = NsCreate(nil, 0, &connection)
print(code != 0 && longest == 78 && "\(names.count)" == "1000" ? "fine" : "not fine")
