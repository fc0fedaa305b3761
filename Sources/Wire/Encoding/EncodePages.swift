import CWire
import RolloutCore

// Swift values to C messages of pages.proto.

extension Arena {
    func pageRequest(_ value: PageRequest) -> UnsafeMutablePointer<Reprise__V1__PageRequest> {
        unsafe make(reprise__v1__page_request__init) { message in
            unsafe message.number = value.number
            unsafe message.path = text(value.path)
            unsafe message.n_query = value.query.count
            unsafe message.query = list(value.query, queryItem)
        }
    }

    func queryItem(_ value: PageRequest.Item) -> UnsafeMutablePointer<Reprise__V1__QueryItem> {
        unsafe make(reprise__v1__query_item__init) { message in
            unsafe message.name = text(value.name)
            unsafe message.value = text(value.value)
        }
    }

    func page(_ value: Page) -> UnsafeMutablePointer<Reprise__V1__Page> {
        unsafe make(reprise__v1__page__init) { message in
            unsafe message.number = value.number
            unsafe message.status = value.status
            unsafe message.type = text(value.type)
            unsafe message.body = text(value.body)
        }
    }
}
