import Testing

@testable import Serving

@Suite struct RequestHeadTests {
    private func head(_ target: String) throws -> RequestHead {
        try RequestHead(Array("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
    }

    @Test func readsWhatBrowsersSend() throws {
        let bytes = Array(
            "HEAD /a%20b?q=1%262&q=x+y%2B&z HTTP/1.1\r\nhOsT:  mine:80 \r\nAccept: */*\r\nX-Empty:\r\n\r\nbody".utf8)
        let head = try RequestHead(bytes.dropLast(4))
        #expect(head.method == "HEAD")
        #expect(head.host == "mine:80")
        #expect(!head.hasBody)
        #expect(head.request == WebRequest("/a b", [.init("q", "1&2"), .init("q", "x y+"), .init("z", "")]))
    }

    @Test func aTargetMayNameTheServer() throws {
        #expect(try head("http://mine:80/a?b=c").request == WebRequest("/a", [.init("b", "c")]))
        #expect(try head("http://mine").request.path == "/")
    }

    @Test(arguments: [("Content-Length: 5", true), ("Content-Length: 0", false), ("Transfer-Encoding: chunked", true)])
    func sayWhetherABodyFollows(field: String, hasBody: Bool) throws {
        #expect(try RequestHead(Array("POST / HTTP/1.1\r\n\(field)\r\n\r\n".utf8)).hasBody == hasBody)
    }

    @Test func theEndIsAnEmptyLineAfterTheFirst() {
        for (text, count) in [
            ("\r\n\r\nGET / HTTP/1.1\r\n\r\nbody", 22), ("GET / HTTP/1.0\n\n", 16),
            ("GET / HTTP/1.1\r\nHost: a\r\n", nil), ("\n\n\n\n", nil), ("", nil),
        ] as [(String, Int?)] {
            var whole = HeadReader()
            #expect(whole.take(Array(text.utf8))?.count == count)
            // Byte by byte it is the same.
            var reader = HeadReader()
            let heads = text.utf8.compactMap { reader.take([$0]) }
            #expect(heads.first?.count == count)
        }
    }

    @Test(arguments: ["*", "a", "//evil/", "ftp://a/", "/%ff", "/?q=%ff"]) func otherTargetsAreNone(
        target: String
    ) {
        let error = #expect(throws: RequestHead.Malformed.self) { try head(target) }
        #expect(error?.status == 400)
    }

    @Test func aHeadIsRefusedWhenItIsTooLong() {
        let bytes = Array("GET /\(String(repeating: "a", count: RequestHead.limit)) HTTP/1.1\r\n\r\n".utf8)
        let error = #expect(throws: RequestHead.Malformed.self) { try RequestHead(bytes) }
        #expect(error?.status == 431)
    }
}
