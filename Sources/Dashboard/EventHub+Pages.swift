import Serving

extension EventHub {
    /// The events of the page that a request names.
    func reply(to request: WebRequest) -> WebReply {
        guard let page = request["page"].flatMap(LivePage.init(rawValue:)) else {
            return .sentence(404, "There is no such page to watch.")
        }
        guard let events = watch(page.rawValue) else {
            var reply = WebReply.sentence(503, "As many watch as may; the page can be loaded again by hand.")
            reply.headers["Retry-After"] = "15"
            return reply
        }
        return WebReply(events: events)
    }
}
