/**
 * Words that carry no topic, and irregular forms that no suffix rule joins with their base form. English:
 * the words of other languages pass through both untouched.
 */

const list = (words: string) => words.trim().split(/\s+/);

/** Function words, lower case, as they stand after contractions are undone. Month names (may) are no stop words. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  list(`
    a an the this that these those
    i me my mine myself we us our ours ourselves you your yours yourself yourselves
    he him his himself she her hers herself it its itself they them their theirs themselves
    am is are was were be been being have has had having do does did doing done
    will would shall should can could cannot might must ought let
    and or but if because as until while so than then though although however
    of at by for with about against between into through during before after above below to from
    up down in out on off over under again further
    here there when where why how what which who whom whose
    all any both each few more most other some such no nor not only own same too very just also
    s t d m re ve ll don doesn didn isn aren wasn weren hasn haven hadn won wouldn shouldn couldn
    im ive id youre youve youll hes shes thats theres whats lets dont doesnt didnt isnt arent wasnt werent
    hasnt havent hadnt wont wouldnt shouldnt couldnt cant
  `),
);

/** Irregular form → base form. Only forms that the stemmer cannot join, and whose base is no stop word. */
export const IRREGULAR: ReadonlyMap<string, string> = new Map(
  list(`
    went:go gone:go goes:go came:come saw:see seen:see took:take taken:take gave:give given:give
    got:get gotten:get made:make said:say told:tell thought:think knew:know known:know found:find
    felt:feel left:leave kept:keep held:hold brought:bring bought:buy sold:sell caught:catch
    taught:teach began:begin begun:begin became:become wrote:write written:write spoke:speak
    spoken:speak broke:break broken:break chose:choose chosen:choose drove:drive driven:drive
    ate:eat eaten:eat fell:fall fallen:fall flew:fly flown:fly grew:grow grown:grow heard:hear
    met:meet paid:pay ran:run sang:sing sung:sing sent:send slept:sleep spent:spend stood:stand
    swam:swim swum:swim threw:throw thrown:throw understood:understand woke:wake woken:wake
    wore:wear worn:wear won:win lost:lose led:lead built:build drew:draw drawn:draw drank:drink
    drunk:drink forgot:forget forgotten:forget gotten:get hid:hide hidden:hide rode:ride ridden:ride
    rose:rise risen:rise shook:shake shot:shoot sat:sit stole:steal stolen:steal meant:mean
    lent:lend dealt:deal fought:fight hung:hang sought:seek stuck:stick struck:strike swore:swear
    children:child men:man women:woman people:person feet:foot teeth:tooth mice:mouse geese:goose
    wives:wife lives:life knives:knife leaves:leaf shelves:shelf halves:half
    better:good best:good worse:bad worst:bad
  `).map((pair) => pair.split(':') as [string, string]),
);
