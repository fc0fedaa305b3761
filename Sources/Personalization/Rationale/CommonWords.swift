/// English words that say nothing about a writer: articles, pronouns, prepositions, auxiliaries, and the most frequent
/// verbs and adverbs. A word outside this list that recurs is taken for distinctive.
enum CommonWords {
    static func contains(_ word: String) -> Bool { set.contains(word) }

    private static let set = Set(list.split(separator: " ").map(String.init))

    private static let list = """
        a about above across after again against ago all almost alone along already also although always am among an and \
        another any anyone anything are aren't around as at away back be became because become becomes been before began \
        behind being below between both but by came can can't cannot come comes could couldn't did didn't do does doesn't \
        doing done don't down during each either else enough even ever every everyone everything few find first for found \
        from further gave get gets getting give given go goes going gone good got great had has hasn't have haven't having \
        he her here hers herself him himself his how however i i'd i'll i'm i've if in indeed into is isn't it it's its \
        itself just keep kept knew know known last later least less let like likely little long look made make makes many \
        may maybe me mean might mine more most much must my myself near need needed never new next no nobody none nor not \
        nothing now of off often old on once one only onto or other others our ours ourselves out over own part perhaps \
        please put quite rather really said same saw say says see seem seems seen several shall she should shouldn't show \
        shown shows side since small so some someone something sometimes soon still such take taken takes than that that's \
        the their theirs them themselves then there there's therefore these they they're thing things think this those \
        though three through thus time to together too took toward towards two under until up upon us use used uses using \
        usually very via want was wasn't way we we're we've well went were weren't what what's when where whether which \
        while who whole whom whose why will with within without won't would wouldn't yes yet you you'd you'll you're \
        you've your yours yourself \
        able add added based because better big bit call called case cases day days different e easy eg end etc example \
        fact feel few four five full g general give hard high however ie important include including kind large later lot \
        low main number order people place point possible problem question rest result results right run second set simple \
        start sure tell ten thank thanks that'll today try trying type ve re ll s t d m don doesn didn isn won way work \
        works working world wrong year years
        """
}
