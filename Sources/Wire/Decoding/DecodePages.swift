import CWire
import RolloutCore

// C messages of pages.proto to Swift values.

func readPageRequest(_ message: UnsafeMutablePointer<Reprise__V1__PageRequest>) throws(WireError) -> PageRequest {
    try unsafe PageRequest(
        number: message.pointee.number, path: readText(message.pointee.path, "PageRequest.path"),
        query: readList(message.pointee.query, message.pointee.n_query, "PageRequest.query", readQueryItem))
}

func readQueryItem(_ message: UnsafeMutablePointer<Reprise__V1__QueryItem>) throws(WireError) -> PageRequest.Item {
    try unsafe PageRequest.Item(
        name: readText(message.pointee.name, "QueryItem.name"),
        value: readText(message.pointee.value, "QueryItem.value"))
}

func readPage(_ message: UnsafeMutablePointer<Reprise__V1__Page>) throws(WireError) -> Page {
    try unsafe Page(
        number: message.pointee.number, status: message.pointee.status,
        type: readText(message.pointee.type, "Page.type"),
        body: readText(message.pointee.body, "Page.body"))
}
