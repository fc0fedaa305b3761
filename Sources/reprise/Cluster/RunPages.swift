import Dashboard
import Nodes
import RolloutCore
import RunStore
import Serving

/// The pages a coordinator shows of its run; the run is opened when somebody asks for the first time.
actor RunPages {
    private let directory: String
    private var site: RunSite?

    init(_ directory: String) { self.directory = directory }

    /// What a coordinator has its pages made by.
    nonisolated var desk: PageDesk { PageDesk { await self.page(for: $0) } }

    private func page(for request: PageRequest) async -> Page {
        do {
            let reply = try await opened().reply(
                to: WebRequest(request.path, request.query.map { WebRequest.Item($0.name, $0.value) }))
            guard case .text(let text) = reply.body else {
                return .sentence(request.number, 404, "Events are for the dashboard itself.")
            }
            return Page(number: request.number, status: UInt32(clamping: reply.status), type: reply.type, body: text)
        } catch {
            return .sentence(request.number, 503, "\(error)")
        }
    }

    private func opened() throws -> RunSite {
        if let site { return site }
        let opened = RunSite(try RunDirectory.open(directory))
        site = opened
        return opened
    }
}

extension RemotePages {
    /// A page as a browser gets it.
    func reply(to request: WebRequest) async throws -> WebReply {
        let page = try await page(request.path, request.query.map { PageRequest.Item(name: $0.name, value: $0.value) })
        return WebReply(status: Int(page.status), type: page.type, page.body)
    }
}
