import CCoreServices
import SecurityEvents
import Testing

/// The numbers of return codes stand twice, in Swift and in C; here they are held together.
@Suite struct RetcodeTableTests {
    @Test func `each named code has its name in C`() {
        for (code, name) in Retcode.named {
            #expect(name == "rc" + nameInC(code.rawValue))
        }
    }

    @Test func `C names no other code`() {
        let named = Set(Retcode.named.map(\.code.rawValue))
        for code in 0..<Int32(256) {
            for candidate in [code, Int32(bitPattern: 0x9000_0000) | code] {
                #expect(named.contains(candidate) == (nameInC(candidate) != "Unknown"))
            }
        }
    }

    private func nameInC(_ code: Int32) -> String {
        unsafe String(cString: rtl_retcode_name(code))
    }
}
