import JSONLines

/// Special tokens around a text, and the bytes that tokens decode to.
extension TokenizerParts {
    mutating func readPostProcessor(_ value: JSON?) throws(TokenizerError) {
        guard let value else { return }
        switch value["type"]?.string {
        case "ByteLevel": return
        case "Sequence":
            for step in value["processors"]?.array ?? [] { try readPostProcessor(step) }
        case "TemplateProcessing":
            var isAfterText = false
            for piece in value["single"]?.array ?? [] {
                if piece["Sequence"] != nil {
                    isAfterText = true
                    continue
                }
                guard let name = piece["SpecialToken"]?["id"]?.string else {
                    throw refused("its template has an unknown piece")
                }
                let listed = (value["special_tokens"]?[name]?["ids"]?.array ?? []).compactMap {
                    $0.integer.flatMap { Int32(exactly: $0) }
                }
                let found = listed.isEmpty ? ids[Array(name.utf8)].map { [$0] } ?? [] : listed
                guard !found.isEmpty, found.allSatisfy({ tokens.indices.contains(Int($0)) }) else {
                    throw refused("its template names the unknown token \(name)")
                }
                if isAfterText { suffix += found } else { prefix += found }
            }
        case let type: throw refused("its post_processor \(type ?? value.serialized()) is not known")
        }
    }

    mutating func decodeTokens(_ json: JSON) {
        var fallback: [String: UInt8] = [:]
        if json["byte_fallback"]?.bool ?? false {
            for byte in UInt8.min...UInt8.max { fallback[Self.byteToken(byte)] = byte }
        }
        bytes = tokens.map { token in
            guard let token else { return [] }
            if isByteLevel { return ByteAlphabet.bytes(of: token) ?? Array(token.utf8) }
            if let byte = fallback[token] { return [byte] }
            return normalization.marksSpaces ? Array(token.replacing("▁", with: " ").utf8) : Array(token.utf8)
        }
    }
}
