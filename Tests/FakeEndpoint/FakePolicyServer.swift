import Foundation
import JSONLines
import Synchronization

/// A completion server that loads policies by the routes SGLang documents, and LoRA adapters by those of vLLM, and misbehaves
/// when told so.
///
/// What it writes depends on the policy it holds, the prompt and the seed alone, so that runs against it can be compared.
public final class FakePolicyServer: Sendable {
    private struct State {
        var held = "default"
        /// Adapters beside it, by name.
        var adapters: [String] = []
        var loads: [String] = []
        /// Policies that were held while something was drawn.
        var drawn: [String] = []
    }

    private final class Holder: Sendable {
        let state = Mutex(State())
    }

    private let endpoint: FakeEndpoint
    private let holder: Holder

    /// Starts a server.
    ///
    /// - Parameter trouble: another reaction than the right one, where not nil.
    public init(
        _ trouble: @escaping @Sendable (FakeEndpoint.Call) -> FakeEndpoint.Reaction? = { _ in nil }
    ) async throws {
        let holder = Holder()
        self.holder = holder
        endpoint = try await FakeEndpoint { call in
            if let reaction = trouble(call) { return reaction }
            switch (call.method, call.path) {
            case ("GET", "/get_model_info"):
                let held = holder.state.withLock { $0.held }
                return .raw(status: 200, body: JSON.object(["weight_version": .string(held)]).serialized())
            case ("POST", "/update_weights_from_disk"): return Self.load(call, holder)
            case ("GET", "/v1/models"):
                let names = holder.state.withLock { ["default"] + $0.adapters }
                let list = JSON.array(names.map { ["id": .string($0), "object": "model"] })
                return .raw(status: 200, body: JSON.object(["object": "list", "data": list]).serialized())
            case ("POST", "/v1/load_lora_adapter"): return Self.loadAdapter(call, holder)
            case ("POST", "/v1/completions"): return Self.draw(call, holder)
            default: return .raw(status: 404, body: #"{"detail": "Not Found"}"#)
            }
        }
    }

    /// The base URL.
    public var url: String { endpoint.url }
    /// Everything asked so far.
    public var calls: [FakeEndpoint.Call] { endpoint.calls }
    /// Directories it was told to load, in order.
    public var loads: [String] { holder.state.withLock { $0.loads } }
    /// The policy it holds.
    public var held: String { holder.state.withLock { $0.held } }
    /// Policies it drew from, each time.
    public var drawn: [String] { holder.state.withLock { $0.drawn } }

    /// Makes it hold something else, as a person may.
    public func hold(_ name: String) { holder.state.withLock { $0.held = name } }

    private static func load(_ call: FakeEndpoint.Call, _ holder: Holder) -> FakeEndpoint.Reaction {
        guard let directory = call.body["model_path"]?.string, let version = call.body["weight_version"]?.string,
            FileManager.default.fileExists(atPath: directory + "/model.safetensors")
        else { return .raw(status: 400, body: #"{"success": false, "message": "no such model"}"#) }
        holder.state.withLock { state in
            state.loads.append(directory)
            state.held = version
        }
        return .raw(status: 200, body: #"{"success": true, "message": "Succeeded to update model weights."}"#)
    }

    private static func loadAdapter(_ call: FakeEndpoint.Call, _ holder: Holder) -> FakeEndpoint.Reaction {
        guard let directory = call.body["lora_path"]?.string, let name = call.body["lora_name"]?.string,
            ["adapter_config.json", "adapter_model.safetensors"].allSatisfy({
                FileManager.default.fileExists(atPath: "\(directory)/\($0)")
            })
        else { return .raw(status: 404, body: #"{"error": {"message": "No adapter found"}}"#) }
        holder.state.withLock { state in
            state.loads.append(directory)
            state.adapters.append(name)
        }
        return .raw(status: 200, body: "Success: LoRA adapter '\(name)' added successfully.")
    }

    private static let words = [
        "the", "writer", "likes", "short", "tea", "in", "a", "garden", "and", "often", "speaks", "of", "rain",
    ]

    private static func draw(_ call: FakeEndpoint.Call, _ holder: Holder) -> FakeEndpoint.Reaction {
        let held = holder.state.withLock { state in
            let model = call.body["model"]?.string ?? ""
            let held = state.adapters.contains(model) ? model : state.held
            state.drawn.append(held)
            return held
        }
        let count = call.body["n"]?.integer ?? 1
        let choices = (0..<count).map { index -> JSON in
            var state = "\(held)/\(call.body["prompt"] ?? .null)/\(call.body["seed"] ?? .null)/\(index)".utf8.reduce(
                UInt64(14_695_981_039_346_656_037)
            ) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
            var text: [String] = []
            for _ in 0..<4 + Int((state >> 32) % 4) {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text.append(words[Int(state >> 33) % words.count])
            }
            return [
                "index": .integer(Int64(index)), "text": .string(text.joined(separator: " ")), "finish_reason": "stop",
            ]
        }
        let body: JSON = [
            "object": "text_completion", "choices": .array(choices),
            "usage": ["prompt_tokens": 1, "completion_tokens": .integer(Int64(count * 5))],
        ]
        return .raw(status: 200, body: body.serialized())
    }
}
