# fish completion of market(1): the program itself says what may stand next.

function __market_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l before ''
    if string match -q -- '--*=*' $word
        set before (string replace -r -- '=.*' '=' $word)
    end
    for line in ($words[1] complete $words[2..-1] "$word" 2>/dev/null)
        switch $line
            case :files
                set -l value (string replace -- "$before" '' $word)
                printf '%s\n' $before(__fish_complete_path "$value")
            case :folders
                set -l value (string replace -- "$before" '' $word)
                printf '%s\n' $before(__fish_complete_directories "$value")
            case '*'
                printf '%s%s\n' $before $line
        end
    end
end

complete -c market -f -a '(__market_complete)'
